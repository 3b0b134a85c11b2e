/**
 * What zod, valibot, arktype and others have in common: the interface of Standard Schema, version 1 (https://standardschema.dev, MIT). Its
 * authors offer it to be copied, so that no package depends on another for it.
 */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaAnswer<Output> | PromiseLike<SchemaAnswer<Output>>;
    /** For the compiler alone: no value is ever here. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type SchemaAnswer<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type TypesOf<S> = S extends { readonly '~standard': { readonly types?: infer T } } ? NonNullable<T> : never;

/** What a schema takes. */
export type InputOf<S> = TypesOf<S> extends { readonly input: infer Input } ? Input : unknown;
/** What a schema makes of it. */
export type OutputOf<S> = TypesOf<S> extends { readonly output: infer Output } ? Output : unknown;
