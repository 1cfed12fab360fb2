/** What is fetched when the doctor is first asked. */
export { findingsOf } from "./diagnose.ts";
export { remedied } from "./remedy.ts";
