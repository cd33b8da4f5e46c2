/**
 * What a field begins with that V8 is to keep as a double, until its constructor says what it is. One that has only ever held small
 * integers is kept as such, and each sum and product with it is tested for still being one: several instructions more, and a branch.
 */
export const DOUBLE = Number.NaN;
