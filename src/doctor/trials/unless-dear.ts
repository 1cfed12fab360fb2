import { Unaffordable } from "./experiments.js";

/** What a trial shows; null where it would take longer than what is judged is worth, and the rule can speak without it. */
export async function unlessDear<T>(trial: Promise<T>): Promise<T | null> {
  try {
    return await trial;
  } catch (error) {
    if (error instanceof Unaffordable) return null;
    throw error;
  }
}
