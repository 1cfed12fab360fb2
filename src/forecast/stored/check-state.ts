import type { Carrier } from "../chain/carriers.js";
import { refuse } from "./expected.js";

const sizesOf = (state: readonly { readonly length: number }[]): string =>
  JSON.stringify(state.map(({ length }) => length));

/** @throws FormatError for a state that is not of a carrier's size. */
export function checkState(
  path: string,
  state: readonly { readonly length: number }[],
  carrier: Pick<Carrier, "start">,
): void {
  const [found, expected] = [sizesOf(state), sizesOf(carrier.start())];
  if (found !== expected) refuse(`${path}.state`, found, expected);
}
