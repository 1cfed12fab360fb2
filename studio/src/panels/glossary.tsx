const words: readonly (readonly [string, string])[] = [
  ["Batch", "A few examples that are learnt from together, in one update."],
  ["Cell, unit", "One memory of a recurrent layer, with its gates."],
  [
    "Clipping",
    "Gradients that are too long are shortened, so that one wild batch does not ruin the weights.",
  ],
  ["Epoch", "One round through all training examples."],
  ["Exploding gradient", "A gradient that grows at each step back, until it is infinite."],
  ["Forget gate", "The share of the memory that is kept from step to step, between 0 and 1."],
  ["Gate", "A number between 0 and 1 that a layer computes at each step, and multiplies with."],
  ["Gradient", "For every number: how much the loss would change if it were a little larger."],
  ["Hidden state h", "What a layer shows of its memory at a step."],
  ["Learning rate", "How far an update goes for a given gradient."],
  ["Loss", "One number for how wrong the model is; training makes it smaller."],
  ["Memory c", "What an LSTM cell keeps from step to step."],
  ["Norm ‖·‖", "The size of many numbers together: the root of the sum of their squares."],
  ["Optimizer", "The rule that makes updates of gradients: Adam, SGD, and others."],
  ["Saturated", "At a bound: a gate at nearly 0 or 1 no longer moves, and no longer learns."],
  ["Time step", "One element of a sequence."],
  ["Truncation", "The gradient is cut every so many steps, to save work; behind the cut nothing is learnt."],
  ["Update", "One change of all weights, after one batch."],
  ["Validation", "Data that are not trained on: they show whether anything general was learnt."],
  ["Vanishing gradient", "A gradient that shrinks at each step back, until nothing arrives at early steps."],
  ["Window", "How many values the model sees before it forecasts the next."],
];

export const Glossary = () => (
  <dl>
    {words.map(([word, meaning]) => (
      <div key={word}>
        <dt>{word}</dt>
        <dd>{meaning}</dd>
      </div>
    ))}
  </dl>
);
