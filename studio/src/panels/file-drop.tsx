import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

const open = (file: File): void => void import("../text/open.ts").then((opening) => opening.open(file));

const accepted =
  ".csv,.tsv,.txt,.jsonl,.ndjson,.parquet,.npz,.safetensors,.keras,.h5,.hdf5,.pt,.pth,.onnx,.json,.gz";

/** The page's main part, on which files may be dropped. */
export function FileDrop({ children }: { readonly children: ComponentChildren }) {
  const isOver = useSignal(false);
  return (
    <main
      class={isOver.value ? "dropping" : ""}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={(event) => {
        if (event.target === event.currentTarget) isOver.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        const file = event.dataTransfer?.files[0];
        if (file !== undefined) open(file);
      }}
    >
      {children}
      <div class="open">
        <label for="open">Open a file</label>
        <input
          id="open"
          type="file"
          accept={accepted}
          onChange={(event) => {
            const input = event.currentTarget;
            const file = input.files?.[0];
            if (file !== undefined) open(file);
            // The same file may be opened again.
            input.value = "";
          }}
        />
        <p>
          A table (CSV, JSON lines, Parquet), arrays x and y (.npz), or a model. It stays on this machine.
        </p>
      </div>
    </main>
  );
}
