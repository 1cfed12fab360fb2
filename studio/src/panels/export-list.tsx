import { useEffect, useRef } from "preact/hooks";
import { exportAs, recordedNow } from "../commands.ts";
import { recipe } from "../state.ts";
import { download } from "../text/download.ts";

interface Item {
  readonly name: string;
  readonly about: string;
  run(): void;
}

const items: readonly Item[] = [
  { name: "Model", about: ".safetensors, gateflow's own", run: () => void exportAs("safetensors") },
  { name: "Keras (.keras)", about: "for Keras 3", run: () => void exportAs("keras") },
  { name: "PyTorch (.pt)", about: "a state dict", run: () => void exportAs("torch") },
  { name: "ONNX (.onnx)", about: "for other runtimes", run: () => void exportAs("onnx") },
  { name: "TensorFlow.js (.json)", about: "with its weights inside", run: () => void exportAs("tfjs") },
  {
    name: "Trace",
    about: "every recorded flow, .json",
    run: () =>
      void import("../text/trace-text.ts").then(({ traceText }) =>
        download("gateflow-trace.json", "application/json", traceText(recordedNow(), recipe.value)),
      ),
  },
  {
    name: "Flow table (.csv)",
    about: "a row a layer, update and time",
    run: () =>
      void import("../text/trace-text.ts").then(({ gradientTable }) =>
        download("gateflow-flow.csv", "text/csv", gradientTable(recordedNow())),
      ),
  },
  { name: "Picture", about: "the gradient flow, .svg", run: () => void exportAs("picture") },
  {
    name: "Screen (.png)",
    about: "all six as they are now",
    run: () => void import("../text/screen-png.ts").then(({ saveScreen }) => saveScreen()),
  },
  { name: "Report (.html)", about: "this run as one page", run: () => void exportAs("page") },
  { name: "Code", about: "a program that does the same, .ts", run: () => void exportAs("code") },
];

interface ListProps {
  /** @param back whether the button that opened it gets the focus again. */
  readonly onClose: (back: boolean) => void;
}

/** What can be taken away, each as one file: a menu as in a window's bar. Arrow keys walk, Escape closes. */
export function ExportList({ onClose }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current!.querySelector("button")!.focus();
    const leave = (event: PointerEvent): void => {
      if (!(event.target as Element).closest(".menu")) onClose(false);
    };
    addEventListener("pointerdown", leave);
    return () => removeEventListener("pointerdown", leave);
  }, []);
  const walk = (event: KeyboardEvent): void => {
    const all = [...list.current!.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const to: Record<string, number> = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at + all.length - 1) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    if (event.key === "Escape") onClose(true);
    if (to[event.key] === undefined) return;
    event.preventDefault();
    all[to[event.key]!]!.focus();
  };
  return (
    <div ref={list} role="menu" aria-label="Export" tabIndex={-1} onKeyDown={walk}>
      {items.map(({ name, about, run }) => (
        <button
          key={name}
          type="button"
          role="menuitem"
          aria-label={name}
          tabIndex={-1}
          onClick={() => {
            onClose(true);
            run();
          }}
        >
          <b>{name}</b> <span>{about}</span>
        </button>
      ))}
    </div>
  );
}
