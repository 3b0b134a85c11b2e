export const REGION_REMEDY = 'set AWS_REGION, or give cloudwatchEcology({ region })';
export const CREDENTIALS_REMEDY =
  'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run with a role, or give cloudwatchEcology({ credentials })';
