import type { Page } from "./page.js";

export interface Download {
  readonly name: string;
  readonly bytes: Buffer;
}

interface Kept {
  readonly name: string;
  readonly base64: string;
}

/** Keeps, from now until the page is left, what it hands to the user by links with `download`, in place of the browser. */
export async function catchDownloads(page: Page): Promise<void> {
  await page.evaluate(() => {
    const kept: Promise<Kept>[] = [];
    const blobs = new Map<string, Blob>();
    const create = URL.createObjectURL;
    URL.createObjectURL = (object) => {
      const url = create.call(URL, object);
      if (object instanceof Blob) blobs.set(url, object);
      return url;
    };
    // A page's policy may forbid fetching a blob: or data: address, but not reading a Blob.
    const keep = ({ download, href }: HTMLAnchorElement): void => {
      const blob = blobs.get(href) ?? new Blob([decodeURIComponent(href.slice(href.indexOf(",") + 1))]);
      const read = (resolve: (kept: Kept) => void): void => {
        const reader = new FileReader();
        reader.onload = () => {
          const url = String(reader.result);
          resolve({ name: download, base64: url.slice(url.indexOf(",") + 1) });
        };
        reader.readAsDataURL(blob);
      };
      kept.push(new Promise(read));
    };
    const click = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
      if (this.hasAttribute("download")) keep(this);
      else click.call(this);
    };
    document.addEventListener(
      "click",
      (event) => {
        const link = (event.target as Element).closest<HTMLAnchorElement>("a[download]");
        if (link === null) return;
        event.preventDefault();
        keep(link);
      },
      true,
    );
    Object.assign(globalThis, { __downloads: kept });
  });
}

/** What the page has handed out since `catchDownloads`, each once. */
export async function takeDownloads(page: Page): Promise<Download[]> {
  const kept = await page.evaluate(async () => {
    const { __downloads } = globalThis as unknown as { __downloads: Promise<Kept>[] };
    return Promise.all(__downloads.splice(0));
  });
  return kept.map(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, "base64") }));
}
