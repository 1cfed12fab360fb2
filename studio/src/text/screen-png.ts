import { drawAll } from "../draw/redraw.ts";
import { theme } from "../draw/theme.ts";
import { download } from "./download.ts";

/** All pictures as they stand, in one PNG, with their names. */
export async function saveScreen(): Promise<void> {
  drawAll();
  const figures = [...document.querySelectorAll<HTMLElement>("figure.picture")];
  const boxes = figures.map((figure) => ({
    name: figure.getAttribute("aria-label") ?? "",
    canvas: figure.querySelector("canvas")!,
  }));
  const columns = 3;
  const width = Math.max(...boxes.map(({ canvas }) => canvas.width));
  const height = Math.max(...boxes.map(({ canvas }) => canvas.height)) + 40;
  const sheet = document.createElement("canvas");
  sheet.width = columns * (width + 20) + 20;
  sheet.height = Math.ceil(boxes.length / columns) * (height + 20) + 20;
  const ctx = sheet.getContext("2d")!;
  ctx.fillStyle = theme().surface;
  ctx.fillRect(0, 0, sheet.width, sheet.height);
  boxes.forEach(({ name, canvas }, i) => {
    const [x, y] = [20 + (i % columns) * (width + 20), 20 + Math.floor(i / columns) * (height + 20)];
    ctx.fillStyle = theme().text;
    ctx.font = "600 20px system-ui, sans-serif";
    ctx.fillText(name, x, y + 20);
    ctx.drawImage(canvas, x, y + 36);
  });
  const blob = await new Promise<Blob | null>((resolve) => sheet.toBlob(resolve, "image/png"));
  if (blob !== null) download("gateflow-studio.png", "image/png", new Uint8Array(await blob.arrayBuffer()));
}
