import { expect, test } from "vitest";
import { RecordSplitter, type TextRecord } from "../../../src/table/records.js";

function split(text: string): TextRecord[] {
  const records: TextRecord[] = [];
  const splitter = new RecordSplitter({ path: "t.csv", delimiter: "," }, (record) => records.push(record));
  splitter.push(text);
  splitter.end();
  return records;
}

test("a cell over several lines stands where its quote opens, what follows it in the line it ends in", () => {
  const [header, long, last] = split('a,b,c\n1,"two\nthree\nfour",5\n6,7,8\n');
  expect(header!.line).toBe(1);
  expect(long!.cells).toEqual(["1", "two\nthree\nfour", "5"]);
  expect(long!.line).toBe(2);
  expect([0, 1, 2].map(long!.lineOf)).toEqual([2, 2, 4]);
  expect(last!.line).toBe(5);
  expect([0, 1, 2].map(last!.lineOf)).toEqual([5, 5, 5]);
});

test("a record with two cells over several lines counts both", () => {
  const [record] = split('"a\nb",x,"c\nd",y\n');
  expect(record!.cells).toEqual(["a\nb", "x", "c\nd", "y"]);
  expect([0, 1, 2, 3].map(record!.lineOf)).toEqual([1, 2, 2, 3]);
});
