const isName = /^[A-Za-z_$][\w$]*$/;

/** A value as source code; `{ name, config }` as a call of the factory of that name. */
export function literal(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "number")
    return Number.isFinite(value)
      ? String(value)
      : `Number.${Number.isNaN(value) ? "NaN" : value > 0 ? "POSITIVE_INFINITY" : "NEGATIVE_INFINITY"}`;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const { name, config, ...rest } = value as { name?: unknown; config?: unknown };
  if (typeof name === "string" && typeof config === "object" && Object.keys(rest).length === 0)
    return `${name}(${literal(config)})`;
  const entries = Object.entries(value).map(
    ([key, entry]) => `${isName.test(key) ? key : JSON.stringify(key)}: ${literal(entry)}`,
  );
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** Names of factories within options, such as of initializers. */
export function factoriesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { name, config, ...rest } = value as { name?: unknown; config?: unknown };
  const own =
    !Array.isArray(value) &&
    typeof name === "string" &&
    typeof config === "object" &&
    Object.keys(rest).length === 0
      ? [name]
      : [];
  return [...own, ...Object.values(value).flatMap(factoriesIn)];
}
