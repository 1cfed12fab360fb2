import { packColumns } from "../linalg/pack";
import { PANEL_COLUMNS } from "../linalg/panel-product";

/**
 * rnnPackKernel: W [F, H] over R [H, H] in panels of sixteen columns, [⌈H/16⌉][F + H][16], units beyond H as zeros; once
 * an update.
 *
 * Shapes   kernel [F, H], recurrent [H, H]; panels [⌈H/16⌉][F + H][16]
 * Writes   panels (=)
 * Oracle   test/assembly/rnn/rnn.test.ts
 */
export function rnnPackKernel(
  kernelPtr: usize,
  recurrentPtr: usize,
  panelsPtr: usize,
  features: i32,
  units: i32,
): void {
  let panel = panelsPtr;
  for (let column = 0; column < units; column += PANEL_COLUMNS) {
    const width = min(PANEL_COLUMNS, units - column);
    const offset = <usize>column << 2;
    packColumns(kernelPtr + offset, units, panel, features, width);
    panel += <usize>features << 6;
    packColumns(recurrentPtr + offset, units, panel, units, width);
    panel += <usize>units << 6;
  }
}
