// Groups of requests as tests make and look at them: stands before other sources that need them.
import { Group } from "./engine/request";

export { addOutput, addSegment, setOutputContent, setSender } from "./engine/exports/serving";

export function newColumn(length: i32): StaticArray<i32> {
  return new StaticArray<i32>(length);
}

export function newGroup(id: i32, arrivalNs: f64, promptTokens: i32, outputTokens: i32): Group {
  const group = new Group();
  group.begin(id, arrivalNs, promptTokens, outputTokens);
  return group;
}

export function setBeam(group: Group): void {
  group.isBeam = true;
}

export function idOf(group: Group | null): i32 {
  return group === null ? -1 : group.id;
}

export function arrivalOf(group: Group): f64 {
  return group.arrivalNs;
}

export function promptOf(group: Group): i32 {
  return group.promptTokens;
}

export function userOf(group: Group): i32 {
  return group.user;
}

export function live(group: Group): i32 {
  return group.live;
}

/** Of the unfinished sequences, which come first. */
export function sequencesOf(group: Group): StaticArray<i32> {
  return group.sequences;
}

export function outputsOf(group: Group): StaticArray<i32> {
  return group.outputs;
}

export function generatedOf(group: Group): i32 {
  return group.generated;
}

export function preemptionsOf(group: Group): i32 {
  return group.preemptions;
}

export function suspend(group: Group): void {
  group.preemptions += 1;
}

/** Its sequences are called so, the first ones as `names` says. */
export function nameSequences(group: Group, names: StaticArray<i32>): void {
  for (let index = 0; index < group.live; index += 1) group.sequences[index] = names[index];
  group.isNamed = true;
}

export function endSequence(group: Group, index: i32): void {
  group.endSequence(index);
}
