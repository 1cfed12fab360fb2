import { render } from "preact";
import { followScheme } from "./draw/follow-scheme.ts";
import { toAddress } from "./recipe/address.ts";
import { cases, recipeOfCase } from "./recipe/cases.ts";
import { DEFAULT_RECIPE, type StudioRecipe, withRecipe, withRecurrent } from "./recipe/studio-recipe.ts";

interface Link {
  readonly text: string;
  readonly recipe: StudioRecipe;
}

interface Lesson {
  readonly title: string;
  /** What is to be learnt, in two sentences at most. */
  readonly about: string;
  readonly steps: readonly string[];
  readonly links: readonly Link[];
  readonly questions: readonly string[];
}

const ofCase = (name: string): StudioRecipe => {
  const recipe = recipeOfCase(name);
  if (recipe === undefined) throw new Error(`There is no case ${name}; there are ${cases.length}.`);
  return recipe;
};

const latch = (window: number): StudioRecipe => {
  const { case: _, ...cured } = ofCase("vanishing_gradients: cured");
  return withRecipe(cured, { window });
};

const lessons: readonly Lesson[] = [
  {
    title: "Why tanh?",
    about:
      "A recurrent network multiplies by the same weights at every step. What bounds the state decides whether that ends well.",
    steps: [
      "Open the linear cell and press Step three times. Read the loss after each.",
      "Look at Gradient flow: which way does it grow, and by how many powers of ten?",
      "Open the tanh cell and do the same.",
    ],
    links: [
      { text: "A linear cell with gain 3", recipe: ofCase("exploding_gradients: sick") },
      { text: "The same with tanh and clipping", recipe: ofCase("exploding_gradients: cured") },
      { text: "A cell with relu", recipe: withRecurrent(DEFAULT_RECIPE, { activation: "relu" }) },
    ],
    questions: [
      "What is the largest slope of tanh, and what does a product of sixty of them come to?",
      "Why does clipping the gradient not mend a state that grows?",
    ],
  },
  {
    title: "Vanishing and exploding",
    about:
      "The gradient of an early step is a product over all later ones: slightly below one it is gone, slightly above it is everything.",
    steps: [
      "Open the simple cell without gates and train it. How many steps back does the gradient reach?",
      "Open the LSTM on the same task. Compare the two pictures of Gradient flow.",
      "Move the window to 20 and to 120 steps: what becomes of each?",
    ],
    links: [
      { text: "A simple RNN on the latch", recipe: withRecurrent(latch(60), { kind: "simpleRNN" }) },
      { text: "An LSTM on the latch", recipe: latch(60) },
      { text: "A gradient that explodes", recipe: ofCase("exploding_gradients: sick") },
    ],
    questions: [
      "With a factor of 0.8 a step, how much of a gradient is left after 60 steps?",
      "Which part of the LSTM's equations is not a product with weights?",
    ],
  },
  {
    title: "The forget bias",
    about:
      "A forget gate at 0.5 halves the memory at every step. One number at the start decides whether there is anything to learn from.",
    steps: [
      "Open the bias of -2 and train. Read the forget gate in Gates, and how far the gradient reaches.",
      "Open the bias of 4 and train again.",
      "Find the smallest bias with which the latch is learnt within 25 epochs.",
    ],
    links: [
      { text: "A forget bias of -2", recipe: ofCase("vanishing_gradients: sick") },
      { text: "A forget bias of 4", recipe: ofCase("vanishing_gradients: cured") },
    ],
    questions: [
      "The forget gate at a bias of 1 is 0.73. After how many steps is the memory below a thousandth?",
      "Why do Keras and PyTorch start at different forget biases?",
    ],
  },
  {
    title: "Truncation",
    about:
      "Truncated backpropagation cuts the gradient every k steps. What lies behind the cut can be seen by the model, but not learnt.",
    steps: [
      "Open the truncated training. In Gradient flow, find where it is exactly nothing (hatched).",
      "Train it, then apply the doctor's remedy and compare the losses.",
      "Try cuts of 20, 30 and 60 steps. When does it begin to learn, and why then?",
    ],
    links: [
      { text: "Cut every 10 steps", recipe: ofCase("truncation_shorter_than_dependency: sick") },
      { text: "Not cut", recipe: ofCase("truncation_shorter_than_dependency: cured") },
    ],
    questions: [
      "Does the cut change what the model says? What does it change?",
      "When is truncation worth its price?",
    ],
  },
  {
    title: "Scaling",
    about:
      "Gates are made for numbers around one. A column of thousands holds them all at their bounds, where nothing can be learnt.",
    steps: [
      "Open the column as it is and train. Look at the shade in Gates.",
      "Apply the doctor's remedy. What has become of the gates?",
      "Open the target around 5000: which picture shows the trouble first?",
    ],
    links: [
      { text: "A column of a thousand", recipe: ofCase("unscaled_inputs: sick") },
      { text: "The same, scaled", recipe: ofCase("unscaled_inputs: cured") },
      { text: "A target around 5000", recipe: ofCase("unscaled_target: sick") },
    ],
    questions: [
      "What is the slope of a sigmoid at 10? And at 1000, in 32-bit numbers?",
      "Why must the scaler see the training part alone?",
    ],
  },
];

const address = (recipe: StudioRecipe): string => `./index.html${toAddress(recipe)}`;

const Teachers = () => (
  <main class="lessons">
    <header>
      <p>
        <a href="./index.html">← The studio</a>
      </p>
      <h1>Five lessons on the gradient flow</h1>
      <p>
        Each link opens the studio with a whole training: data, model, seed. Every reader gets the same
        numbers, to the last digit. Nothing is installed and nothing leaves the browser.
      </p>
    </header>
    {lessons.map(({ title, about, steps, links, questions }, i) => (
      <section key={title} class="panel" aria-labelledby={`lesson-${i}`}>
        <h2 id={`lesson-${i}`}>
          {i + 1}. {title}
        </h2>
        <p>{about}</p>
        <ul class="links">
          {links.map(({ text, recipe }) => (
            <li key={text}>
              <a href={address(recipe)}>{text}</a>
            </li>
          ))}
        </ul>
        <h3>To do</h3>
        <ol>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <h3>To think about</h3>
        <ul>
          {questions.map((question) => (
            <li key={question}>{question}</li>
          ))}
        </ul>
      </section>
    ))}
  </main>
);

followScheme();
render(<Teachers />, document.querySelector("#lessons")!);
