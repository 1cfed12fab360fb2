/**
 * ONNX's protobuf messages and what reads and writes them. Fetched with import(); in what is published the two packages
 * stand inside this file, the few functions that are used of them (bench/support/bundle-onnx.ts): installed they are 3 MB.
 */
export { create, fromBinary, toBinary } from "@bufbuild/protobuf";
export { ModelProtoSchema } from "onnx-buf";
