import { toAddress } from "../recipe/address.ts";
import { alarm, modelFile, notice, recipe } from "../state.ts";

/** Puts the recipe into the address and onto the clipboard. */
export async function copyLink(): Promise<void> {
  const hash = toAddress(recipe.value);
  history.replaceState(null, "", hash);
  if (recipe.value.data === "file" || modelFile.value !== undefined)
    alarm.value = "A link holds the recipe, not your file: who follows it has to open the file as well.";
  try {
    await navigator.clipboard.writeText(location.href);
    notice.value = "The link is on the clipboard and in the address.";
  } catch {
    notice.value = "The link is in the address; this browser keeps its clipboard to itself.";
  }
}
