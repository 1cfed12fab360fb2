/** Stands in for what the studio does not use. */
export {};
