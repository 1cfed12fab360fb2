import { adam, dense, lstm, rmse, sequential, slidingWindows } from "gateflow";

// Two waves on top of each other; 24 values are the input, the next one is to be learnt.
const series = Array.from({ length: 800 }, (_, t) => Math.sin(t / 8) + 0.5 * Math.sin(t / 3));
const train = slidingWindows(series.slice(0, 600), { window: 24 });
const test = slidingWindows(series.slice(600 - 24), { window: 24 });

const model = sequential([lstm({ units: 16, inputShape: [24, 1] }), dense({ units: 1 })], { seed: 1 });
model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
await model.fit(train.x, train.y, { epochs: 15 });

const predicted = await model.predict(test.x);
const naive = series.slice(599, 799); // each value is the forecast of the next
console.log(`LSTM   RMSE ${rmse(test.y, predicted).toFixed(4)}`);
console.log(`naive  RMSE ${rmse(test.y, naive).toFixed(4)}`);
