/** The capture of our own: each public rule's attack, and what resembles it. */
import type { Buffer } from "node:buffer";
import { castOf } from "./cast.ts";
import { touchFiles } from "./files.ts";
import { doTheRest } from "./others.ts";
import { runPrograms } from "./programs.ts";
import { Stage } from "./stage.ts";

/** @param known - parameters of each type of event, by code, that the reader beside us knows */
export function madeCapture(known: readonly number[]): Buffer {
  const stage = new Stage(known);
  const cast = castOf(stage);
  runPrograms(stage, cast);
  touchFiles(stage, cast);
  doTheRest(stage, cast);
  return stage.bytes();
}
