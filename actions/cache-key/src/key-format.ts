/** The longest key that the cache service takes, and no comma (actions/toolkit, `checkKey`). */
export const KEY_MAX = 512;
/** Never inside of a part, so that no key and no restore key ends in the middle of another's part. */
export const SEPARATOR = '--';
