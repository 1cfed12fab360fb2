/** The golden run with each choice of engine, on the host that loads this file: plain JavaScript for all of them. */

export const choices = [
  { reproducible: true, threads: 1 },
  { reproducible: true, threads: 2 },
  { reproducible: false, threads: 1 },
  { reproducible: false, threads: 2 },
];

/** @param base where the repository's root is, as a URL; `dist` where the built package is. */
export async function runAll(base, dist) {
  const { trainGolden } = await import(`${base}test/golden/reproducible.mjs`);
  const gateflow = await import(`${dist}index.js`);
  const results = [];
  for (const choice of choices) results.push({ ...choice, ...(await trainGolden(gateflow, choice)) });
  return results;
}
