import fc from "fast-check";

/** Property tests draw the same examples in every run; `PROPERTY_SEED=random` (or a number) looks at others. */
const asked = process.env.PROPERTY_SEED;
export const propertySeed =
  asked === undefined ? 20_261_128 : asked === "random" ? Date.now() % 2 ** 31 : Number(asked);
if (!Number.isSafeInteger(propertySeed))
  throw new Error(`PROPERTY_SEED is ${asked}, expected a whole number or "random".`);

fc.configureGlobal({ seed: propertySeed });
// Beside the counterexample, which fast-check prints by itself, a run says what it drew from.
console.info(`property tests: seed ${propertySeed} (PROPERTY_SEED)`);

export { fc };
