/** Why each layer of Keras 3 that cannot stand here cannot, and what to take instead; by its factory's name in camelCase. */
const images =
  "works on images or volumes, and samples are sequences of rows here. Take the layer for one dimension, or reshape({ targetShape: [timesteps, features] }) before it";
const text =
  "works on text or categories. Prepare them before the model: textVectorization, toCategorical, padSequences and embedding are there";
const augmentation = "changes images at random. Prepare images before the model";
const program =
  "runs a program of Python or of another library. Write it as customLayer({ forward, backward })";

const reasons: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "conv2D",
      "conv3D",
      "conv2DTranspose",
      "conv3DTranspose",
      "separableConv2D",
      "depthwiseConv2D",
      "convLSTM1D",
      "convLSTM2D",
      "convLSTM3D",
      "maxPooling2D",
      "maxPooling3D",
      "averagePooling2D",
      "averagePooling3D",
      "globalMaxPooling2D",
      "globalMaxPooling3D",
      "globalAveragePooling2D",
      "globalAveragePooling3D",
      "adaptiveAveragePooling2D",
      "adaptiveAveragePooling3D",
      "adaptiveMaxPooling2D",
      "adaptiveMaxPooling3D",
      "upSampling2D",
      "upSampling3D",
      "zeroPadding2D",
      "zeroPadding3D",
      "cropping2D",
      "cropping3D",
      "spatialDropout2D",
      "spatialDropout3D",
      "resizing",
      "centerCrop",
    ].map((kind) => [kind, images]),
  ),
  ...Object.fromEntries(
    [
      "augMix",
      "autoContrast",
      "cutMix",
      "equalization",
      "maxNumBoundingBoxes",
      "mixUp",
      "pipeline",
      "randAugment",
      "randomBrightness",
      "randomColorDegeneration",
      "randomColorJitter",
      "randomContrast",
      "randomCrop",
      "randomElasticTransform",
      "randomErasing",
      "randomFlip",
      "randomGaussianBlur",
      "randomGrayscale",
      "randomHue",
      "randomInvert",
      "randomPerspective",
      "randomPosterization",
      "randomRotation",
      "randomSaturation",
      "randomSharpness",
      "randomShear",
      "randomTranslation",
      "randomZoom",
      "solarization",
    ].map((kind) => [kind, augmentation]),
  ),
  ...Object.fromEntries(
    [
      "categoryEncoding",
      "discretization",
      "hashedCrossing",
      "hashing",
      "integerLookup",
      "stringLookup",
      "textVectorization",
    ].map((kind) => [kind, text]),
  ),
  ...Object.fromEntries(
    ["lambda", "tfsmLayer", "torchModuleWrapper", "jaxLayer", "flaxLayer"].map((kind) => [kind, program]),
  ),
  conv1DTranspose:
    'is not there. Take upSampling1D({ size }) and conv1d({ padding: "same" }), which learn the same',
  separableConv1D:
    "is not there. Take conv1d({ groups: features, … }) and conv1d({ kernelSize: 1, … }) behind it: the same product",
  depthwiseConv1D: "is not there. Take conv1d({ filters: features · depthMultiplier, groups: features, … })",
  adaptiveAveragePooling1D:
    "is not there. Take averagePooling1D with the poolSize that gives the steps you want",
  adaptiveMaxPooling1D: "is not there. Take maxPooling1D with the poolSize that gives the steps you want",
  relu: 'is the activation of that name: activation({ activation: "relu" })',
  activityRegularization: "is an option here: give a layer activityRegularizer: l1l2({ l1, l2 })",
  alphaDropout: "is not there. Take dropout or gaussianDropout",
  groupNormalization: "is not there. Take layerNormalization or batchNormalization",
  rmsNormalization: "is not there. Take layerNormalization",
  unitNormalization: "is not there. dot({ normalize: true }) normalizes what it multiplies",
  spectralNormalization: "is not there. Bound the weights: kernelConstraint: maxNorm({ … })",
  groupedQueryAttention: "is not there. Take multiHeadAttention",
  groupQueryAttention: "is not there. Take multiHeadAttention",
  einsumDense: "is not there. Take dense, which works on the last axis of a sequence too",
  identity: 'is not there. Leave it out, or take activation({ activation: "linear" })',
  reversibleEmbedding: "is not there. Take embedding and dense",
  rnn: "is not there: cells of one's own are not run. Take lstm, gru or simpleRNN",
  stackedRNNCells:
    "is not there. Put recurrent layers one behind the other, all but the last with returnSequences: true",
  lstmCell:
    "is not there: a cell by itself is not run. Take lstm, stateful and step() for one step at a time",
  gruCell: "is not there: a cell by itself is not run. Take gru, stateful and step() for one step at a time",
  simpleRNNCell:
    "is not there: a cell by itself is not run. Take simpleRNN, stateful and step() for one step at a time",
  melSpectrogram: "computes spectra of sound. Prepare them before the model",
  stftSpectrogram: "computes spectra of sound. Prepare them before the model",
};

/** The same names whichever way their dimension and their initials are written. */
const plain = (kind: string): string => kind.replaceAll("_", "").toLowerCase();
const byPlainName = new Map(Object.entries(reasons).map(([kind, why]) => [plain(kind), why]));

/** Why a layer of Keras is not here, as the end of a sentence that begins with its name; undefined for any other name. */
export const refusalOf = (kind: string): string | undefined => byPlainName.get(plain(kind));
