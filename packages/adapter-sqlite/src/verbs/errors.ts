import { MOST_ERRORS } from '@reeve/core';

/**
 * For SET: keeps an error as the latest, and with those before it as far as there is room.
 * (The cast: the client binds every number as one with a fraction, which a column of whole numbers takes back, and JSON does not.)
 * @param at where the instant is among the statement's values: `?5`
 */
export const withError = (at: string, error: string): string => `
  error = ${error},
  errors = json_insert(
    CASE WHEN json_array_length(errors) >= ${MOST_ERRORS} THEN json_remove(errors, '$[0]') ELSE coalesce(errors, '[]') END,
    '$[#]', json_object('attempt', attempts, 'at', CAST(${at} AS INTEGER), 'error', ${error}))`;
