/** The same, to be written anew by the one who owns it. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
