/** What a person does to a field: all of it is selected, and typed over. A slider or a date is set. Runs in the page. */
export function fill(element: Element, text: string): void {
  const field = element as HTMLInputElement;
  field.focus();
  if (["range", "color", "date", "time", "month", "week", "datetime-local"].includes(field.type)) {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!.call(field, text);
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  } else {
    field.select();
    document.execCommand(text === "" ? "delete" : "insertText", false, text);
  }
}
