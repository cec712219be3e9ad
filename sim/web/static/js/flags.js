// Bits of resident_flags (docs/recording.md).
export const TOOK = 1;
export const HEARD = 2;
export const LIVES = 4;
export const MOVED_IN = 16;
/** Years from which a resident takes part. */
export const ADULT = 18;
/** Years from which a child goes to school. */
export const SCHOOL = 6;
