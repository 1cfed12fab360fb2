import type { Diagnosis, Rule } from "./diagnosis.js";

const isExplained = <Case>(rule: Rule<Case>, found: readonly Diagnosis[]): boolean =>
  rule.explainedBy?.some((code) => found.some((diagnosis) => diagnosis.code === code)) === true;

/** Asks rules that answer at once, in their order. @returns what was there and what is new. */
export function runRules<Case>(
  rules: readonly Rule<Case>[],
  at: Case,
  before: readonly Diagnosis[] = [],
): Diagnosis[] {
  const found = [...before];
  for (const rule of rules) {
    if (isExplained(rule, found)) continue;
    const finding = rule.look(at);
    if (finding === null || finding instanceof Promise) continue;
    found.push({ code: rule.code, severity: rule.severity, ...finding });
  }
  return found;
}

/** Asks rules that may have to run the model, one after the other. */
export async function runSlowRules<Case>(
  rules: readonly Rule<Case>[],
  at: Case,
  before: readonly Diagnosis[] = [],
): Promise<Diagnosis[]> {
  const found = [...before];
  for (const rule of rules) {
    if (isExplained(rule, found)) continue;
    const finding = await rule.look(at);
    if (finding !== null) found.push({ code: rule.code, severity: rule.severity, ...finding });
  }
  return found;
}
