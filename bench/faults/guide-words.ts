/** What a reader needs before the first section: where to begin, and what is called otherwise elsewhere. */
export const words: readonly string[] = `### Where to begin

You need no theory to use this page. Do this, in this order:

1. **Look at the data alone**: \`examine({ x, y })\`. Half of all questions about models that do not learn end here: numbers in
   thousands, gaps, labels in another order than their inputs.
2. **Look at the model before training**: \`diagnose(model, { x, y })\`. It tries short trainings of copies; your model stays as
   it is.
3. **Train, and look again** with what \`fit\` returned: \`diagnose(model, { x, y, validationData, history })\`.
4. **Change one thing**: the first of the list. Causes come before their symptoms, so the rest often goes with it.

Not everything in the list is equally bad: an \`error\` keeps the model from learning, a \`warning\` from learning what it could, a
\`hint\` is worth a look. An empty list is no promise: of thirty questions of people it had not seen, the doctor passed over seven.

Under "Measured" the sentence is for you; what stands in brackets are the numbers behind it, as a program gets them: what was
measured, and the \`bound\` beyond which it is called a fault.

\`checkup(recipe, series)\` does 1 to 3 in one call, \`gateflow doctor file.csv --target column\` does it for a table.

Some words that come again and again:

- **Loss**: how wrong the model is, one number. Of squared errors it is the target's **variance** when every answer is the
  mean: a loss that stays there means that nothing is learnt from the inputs.
- **Constant answer**: saying the mean (or the commonest class) whatever comes in. What does no better has learnt nothing.
- **Gate**: a number between 0 and 1 that lets something through. At 0 or 1 from the start it is **saturated**: it hardly
  changes any more.
- **Gradient**: which way each weight should go. Where it is gone before it reaches the step that tells the answer, that
  step is never learnt.
- **Window**: how many time steps the model sees at once; \`x\` is \`[samples, time steps, features]\`.
- **Feature**: one column, such as a sensor or a price; they are counted from 0, as time steps and samples are.
- **Standard deviation**: how far values lie from their mean, as a rule; its square is the variance. **Scaled** or standardised
  values have the mean 0 and the standard deviation 1.
- **Update**: one step of learning, made of one batch. An **epoch** is as many updates as it takes to see all samples once; the
  **learning rate** says how far an update goes.
- **Validation part**: samples that are not trained on, to see whether what was learnt holds for others. Learning **by heart**
  (overfitting) lowers the training loss alone.
- **Baseline**: a forecast without learning, such as the last value repeated. Worse than that is worse than nothing.

### You come from Keras

Names are Keras's in camelCase: \`return_sequences\` is \`returnSequences\`, \`LSTM(24)\` is \`lstm({ units: 24 })\`. What is
refused here and trains silently there: labels that would be stretched to fit, gaps (NaN), indices beyond the embedding.
Save what you have, and ask; the file, with loss, optimizer and rate in it, is only read:

\`\`\`python
model.save("model.keras")
np.save("x.npy", x_train); np.save("y.npy", y_train)
json.dump(history.history, open("history.json", "w"))  # history = model.fit(...)
\`\`\`

\`\`\`sh
gateflow doctor model.keras --x x.npy --y y.npy --history history.json
\`\`\`

Each cause comes with its change as Keras writes it (\`...\` stands for what your call has already), and as it is here. In a
program:

\`\`\`js
const bytes = await toKeras(model); // those of your own file: await readFile("model.keras")
const own = await fromKeras(bytes);
for (const { title, remedy, fix } of await diagnose(own, { x, y, history }))
  console.log(title, remedy, fix === undefined ? "" : fixAsCode(fix, undefined, { as: "keras" }));
own.dispose();
\`\`\`

### You come from PyTorch

\`x\` is \`batch_first=True\`: \`[samples, time steps, features]\`. An \`nn.LSTM\` gives all steps and the state; here a layer gives
the last step unless \`returnSequences\` is set, as \`out[:, -1]\` does. \`loss.backward()\`, \`optimizer.step()\` and
\`zero_grad()\` are inside \`fit\`. \`nn.CrossEntropyLoss\` takes logits: that is \`sparseCategoricalCrossentropy({ fromLogits: true })\`
behind a linear layer. A state dict says nothing of loss and optimizer: say them, in either's names.

\`\`\`python
torch.save(model.state_dict(), "model.pt")
np.save("x.npy", x_train.numpy()); np.save("y.npy", y_train.numpy())
\`\`\`

\`\`\`sh
gateflow doctor model.pt --x x.npy --y y.npy --compile '{"loss":"MSELoss","optimizer":"Adam","lr":0.01}'
\`\`\`

In a program:

\`\`\`js
const bytes = await toTorch(model); // those of your own file: await readFile("model.pt")
const own = await fromTorch(bytes);
own.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
for (const { title, remedy, fix } of await diagnose(own, { x, y, history }))
  console.log(title, remedy, fix === undefined ? "" : fixAsCode(fix, undefined, { as: "pytorch" }));
own.dispose();
\`\`\`
`.split("\n");
