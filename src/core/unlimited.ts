/** What stands for no limit in the engine, where numbers of tokens and blocks have 32 bits. */
export const UNLIMITED = 2 ** 31 - 1;
