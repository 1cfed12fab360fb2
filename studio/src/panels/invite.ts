import { isInvited } from "../state.ts";

const STORE = "gateflow studio seen";

/** Invites those who were never here. */
export function inviteOnce(): void {
  try {
    isInvited.value = localStorage.getItem(STORE) === null;
  } catch {
    isInvited.value = true;
  }
}

export function remember(): void {
  try {
    localStorage.setItem(STORE, "yes");
  } catch {
    // A browser that keeps nothing invites again.
  }
}
