import { effect, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { type Drawing, forget, redraw, resume } from "../draw/redraw.ts";
import { lit, progress, scheme, sight } from "../state.ts";

/** A canvas's context with its size in CSS pixels. */
export interface Sheet {
  readonly ctx: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
}

interface PictureProps {
  /** Its accessible name, and what stands above it. */
  readonly name: string;
  /** One sentence: what one looks at. */
  readonly about: string;
  /** Reads the signals it shows: it is drawn anew when one of them changes. */
  readonly watch: () => void;
  readonly draw: (sheet: Sheet) => void;
  /** The number beneath a point, as a sentence; null: nothing is there. */
  readonly read: (x: number, y: number) => string | null;
  /** What the picture says as a whole, in one sentence, for those who do not see it and those who do not point at it. */
  readonly sum: () => string;
  readonly onPick?: (x: number, y: number) => void;
  /** What holds the cursor while one walks with the arrow keys. Default: 24 steps across. */
  readonly steps?: () => number;
  readonly children?: ComponentChildren;
}

/** One picture: its name, a canvas, what is chosen of it, and the number pointed at as text. */
export function Picture({ name, about, watch, draw, read, sum, onPick, steps, children }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const told = useSignal("");
  const isPointed = useSignal(false);
  const id = useId();
  const at = useRef({ x: 0, y: 0, isHere: false });
  const latest = useRef({ draw, read, sum });
  latest.current = { draw, read, sum };

  useEffect(() => {
    const element = canvas.current!;
    const ctx = element.getContext("2d")!;
    const size = { width: 0, height: 0 };
    const paint = (): void => {
      if (size.width === 0 || size.height === 0) return;
      const density = Math.min(3, devicePixelRatio || 1);
      const [width, height] = [Math.round(size.width * density), Math.round(size.height * density)];
      if (element.width !== width) element.width = width;
      if (element.height !== height) element.height = height;
      ctx.setTransform(density, 0, 0, density, 0, 0);
      ctx.clearRect(0, 0, size.width, size.height);
      latest.current.draw({ ctx, ...size });
      if (at.current.isHere) told.value = latest.current.read(at.current.x, at.current.y) ?? "";
      // While it trains numbers change faster than they can be read.
      else if (!progress.peek().running) told.value = latest.current.sum();
    };
    const drawing: Drawing = { paint, isSeen: false };
    const end = effect(() => {
      void scheme.value;
      watch();
      redraw(drawing);
    });
    const resizing = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      size.width = width;
      size.height = height;
      redraw(drawing);
    });
    resizing.observe(element);
    // A little before it comes into view, so that it is there when it does.
    const seeing = new IntersectionObserver(
      (entries) => {
        const { isIntersecting } = entries.at(-1)!;
        drawing.isSeen = isIntersecting;
        sight(name, isIntersecting);
        if (isIntersecting) resume();
      },
      { rootMargin: "120px" },
    );
    seeing.observe(element);
    return () => {
      end();
      resizing.disconnect();
      seeing.disconnect();
      forget(drawing);
    };
  }, []);

  const point = (event: PointerEvent): void => {
    const box = canvas.current!.getBoundingClientRect();
    at.current = { x: event.clientX - box.left, y: event.clientY - box.top, isHere: true };
    isPointed.value = true;
    told.value = read(at.current.x, at.current.y) ?? "";
  };
  const walk = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const box = canvas.current!.getBoundingClientRect();
    const wide = box.width / (steps?.() ?? 24);
    const moves: Record<string, readonly [number, number]> = {
      ArrowLeft: [-wide, 0],
      ArrowRight: [wide, 0],
      ArrowUp: [0, -box.height / 12],
      ArrowDown: [0, box.height / 12],
    };
    const move = moves[event.key];
    if (move === undefined) {
      if (event.key === "Enter" && at.current.isHere) onPick?.(at.current.x, at.current.y);
      return;
    }
    event.preventDefault();
    const from = at.current.isHere ? at.current : { x: box.width / 2, y: box.height / 2 };
    at.current = {
      x: Math.max(0, Math.min(box.width - 1, from.x + move[0])),
      y: Math.max(0, Math.min(box.height - 1, from.y + move[1])),
      isHere: true,
    };
    isPointed.value = true;
    told.value = read(at.current.x, at.current.y) ?? "";
  };

  return (
    <figure
      class={lit.value.includes(name) ? "picture lit" : "picture"}
      aria-label={name}
      aria-describedby={`${id}-about ${id}-told`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read its numbers, as a pointer does
      tabIndex={0}
      onKeyDown={walk}
    >
      <div class="picture-head">
        <h2>{name}</h2>
        {children}
      </div>
      <p class="picture-about" id={`${id}-about`}>
        {about}
      </p>
      <canvas
        ref={canvas}
        onPointerMove={point}
        onPointerDown={(event) => {
          point(event);
          onPick?.(at.current.x, at.current.y);
        }}
        onPointerLeave={() => {
          at.current.isHere = false;
          isPointed.value = false;
          told.value = progress.value.running ? "" : sum();
        }}
      />
      <p class="readout" id={`${id}-told`} aria-live={isPointed.value ? "polite" : "off"}>
        <span class="readout-text">{told.value === "" ? "Point at it to read a number." : told.value}</span>
      </p>
    </figure>
  );
}
