/** VitePress's own theme with the system's letters: nothing is fetched, and no font is shipped. */
import "./style.css";

export { default } from "vitepress/theme-without-fonts";
