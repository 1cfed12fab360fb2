import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { later } from "./later.tsx";

const ExportList = later(async () => (await import("./export-list.tsx")).ExportList);

/** The button, and behind it what can be taken away. */
export function ExportMenu() {
  const isOpen = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <div class="menu">
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        Export
      </button>
      {isOpen.value && (
        <ExportList
          onClose={(back) => {
            isOpen.value = false;
            if (back) button.current?.focus();
          }}
        />
      )}
    </div>
  );
}
