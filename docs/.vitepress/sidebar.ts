import type { DefaultTheme } from "vitepress";

const guide = (name: string, text: string): DefaultTheme.SidebarItem => ({ text, link: `/guide/${name}` });

/** The order in which a stranger would read. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: "Begin",
    items: [
      { text: "Start in five minutes", link: "/start" },
      guide("first-forecast", "A first forecast"),
      { text: "Words", link: "/words" },
    ],
  },
  {
    text: "Forecasts",
    items: [
      guide("many-series", "Many series"),
      { text: "The command line", link: "/command-line" },
      { text: "What forecasts are worth", link: "/forecasts" },
    ],
  },
  {
    text: "Coming from elsewhere",
    items: [
      guide("from-keras", "From Keras"),
      guide("from-tensorflow-js", "From TensorFlow.js"),
      guide("from-pytorch", "From PyTorch"),
      { text: "Keras, feature by feature", link: "/keras-compatibility" },
    ],
  },
  {
    text: "Models",
    items: [
      guide("text", "Text"),
      guide("encoder-decoder", "Encoder and decoder"),
      guide("custom-parts", "Parts of one's own"),
      guide("saving-and-resuming", "Saving and resuming"),
      guide("threads-and-pages", "Threads and pages"),
      guide("reproducibility", "The same numbers again"),
      guide("searches", "Searches on many machines"),
    ],
  },
  {
    text: "When it does not learn",
    items: [
      guide("doctor", "The doctor"),
      { text: "Field guide of faults", link: "/why-is-my-lstm-not-learning" },
      guide("gradient-flow", "Gradient flow in five lessons"),
      { text: "How often the doctor is right", link: "/doctor" },
    ],
  },
  {
    text: "Under the hood",
    items: [
      { text: "A walk through the house", link: "/walk" },
      guide("reading-the-kernels", "Reading the kernels"),
      { text: "The mathematics", link: "/MATH" },
      { text: "Architecture", link: "/ARCHITECTURE" },
      { text: "Benchmarks and their method", link: "/benchmarks" },
      { text: "Mutation testing", link: "/mutation" },
      { text: "Reliability", link: "/reliability" },
      { text: "Dependencies", link: "/dependencies" },
      { text: "Contributing", link: "/CONTRIBUTING" },
      { text: "Choices that were hard", link: "/decisions/README" },
    ],
  },
  {
    text: "Reference",
    items: [
      { text: "Every name on one page", link: "/names" },
      { text: "API, from the source", link: "/api/index.html", target: "_self" },
      { text: "Changes", link: "/changes" },
    ],
  },
];
