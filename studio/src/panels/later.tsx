import { signal, useSignal } from "@preact/signals";
import type { ComponentChildren, ComponentType } from "preact";
import { alarm } from "../state.ts";

/** A part of the page that is fetched when it is first shown. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const part = signal<ComponentType<P> | null>(null);
  let isAsked = false;
  return (props) => {
    const Part = part.value;
    if (Part !== null) return <Part {...props} />;
    if (!isAsked) {
      isAsked = true;
      load().then(
        (loaded) => {
          part.value = loaded;
        },
        () => {
          alarm.value = "A part of the page could not be fetched. Open it again once the network is there.";
          isAsked = false;
        },
      );
    }
    return null;
  };
}

interface FoldedProps {
  readonly class: string;
  readonly summary: ComponentChildren;
  /** What is within, made when it is first folded out. */
  readonly inside: () => ComponentChildren;
  readonly onFold?: (isOpen: boolean) => void;
}

/** A part that is folded away until somebody wants it. */
export function Folded({ class: kind, summary, inside, onFold }: FoldedProps) {
  const wasOpen = useSignal(false);
  return (
    <details
      class={kind}
      onToggle={(event) => {
        const { open } = event.currentTarget;
        if (open) wasOpen.value = true;
        onFold?.(open);
      }}
    >
      <summary>{summary}</summary>
      {wasOpen.value && inside()}
    </details>
  );
}
