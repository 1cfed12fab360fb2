/**
 * Weather forecasting: 24 hours are looked at, the temperature 6 hours later is said. Keras's example
 * timeseries_weather_forecasting, line by line; the weather is made here: days, fronts that come and go, and noise.
 *
 *     npx tsx examples/keras/weather-forecast.ts
 */
import {
  adam,
  createRandom,
  dense,
  earlyStopping,
  input,
  lstm,
  model as Model,
  standardScaler,
  timeseriesDatasetFromArray,
} from "gateflow";

const random = createRandom(9);
let front = 0;
/** An hour: pressure, temperature, humidity. */
const hours = Array.from({ length: 2400 }, (_, hour) => {
  front = 0.98 * front + 0.6 * random.normal();
  const day = Math.sin((2 * Math.PI * (hour - 9)) / 24);
  return [
    1000 + 4 * front + 0.3 * random.normal(),
    12 + 6 * day - 1.5 * front + 0.3 * random.normal(),
    60 - 18 * day + 2 * front + random.normal(),
  ];
});

const splitFraction = 0.75;
const trainSplit = Math.floor(splitFraction * hours.length);
const past = 24;
const future = 6;
const batchSize = 64;

// Normalize by the training part's mean and standard deviation.
const scaler = standardScaler().fit(hours.slice(0, trainSplit));
const features = scaler.transform(hours);
const temperature = features.map((row) => [row[1]!]);

const start = past - 1 + future;
const trainData = features.slice(0, trainSplit);
const datasetTrain = timeseriesDatasetFromArray(trainData, temperature.slice(start, start + trainSplit), {
  sequenceLength: past,
  samplingRate: 1,
  batchSize,
});
const valData = features.slice(trainSplit);
const xEnd = valData.length - start;
const datasetVal = timeseriesDatasetFromArray(valData.slice(0, xEnd), temperature.slice(trainSplit + start), {
  sequenceLength: past,
  samplingRate: 1,
  batchSize,
});

const inputs = input({ shape: [past, 3] });
const lstmOut = lstm({ units: 24 }).apply(inputs);
const outputs = dense({ units: 1 }).apply(lstmOut);
const model = Model({ inputs, outputs, seed: 1 });
model.compile({ optimizer: adam({ learningRate: 0.005 }), loss: "mse" });
model.summary();

const esCallback = earlyStopping({ monitor: "val_loss", minDelta: 0, patience: 5, restoreBestWeights: true });
const { history } = await model.fit(datasetTrain, {
  epochs: 10,
  validationData: datasetVal,
  callbacks: [esCallback],
});
console.log(`val_loss ${Math.min(...history.val_loss!).toFixed(4)}`);

// What saying «as it is now» would cost, in the same unit.
const naive = valData
  .slice(0, xEnd - past + 1)
  .map(
    (_, i) => (temperature[trainSplit + i + past - 1]![0]! - temperature[trainSplit + i + start]![0]!) ** 2,
  );
console.log(`naive ${(naive.reduce((a, b) => a + b, 0) / naive.length).toFixed(4)}`);
