// Bits of resident_flags (docs/recording.md).
export const TOOK = 1;
export const HEARD = 2;
export const LIVES = 4;
