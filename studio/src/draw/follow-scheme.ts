import { scheme } from "../state.ts";
import { forgetTheme } from "./theme.ts";

const STORE = "gateflow studio scheme";

function take(next: "light" | "dark"): void {
  document.documentElement.dataset.scheme = next;
  forgetTheme();
  scheme.value = next;
}

/** Light or dark as the system wants it, or as it was chosen here. */
export function followScheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = ((): string | null => {
    try {
      return localStorage.getItem(STORE);
    } catch {
      return null;
    }
  })();
  take(chosen === "light" || chosen === "dark" ? chosen : system.matches ? "dark" : "light");
  system.addEventListener("change", () => take(system.matches ? "dark" : "light"));
}

/** The other one, and remembered. */
export function switchScheme(): void {
  const next = scheme.value === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(STORE, next);
  } catch {
    // A browser that keeps nothing shows it until it is closed.
  }
  take(next);
}
