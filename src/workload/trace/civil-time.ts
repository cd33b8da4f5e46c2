import { NANOSECONDS_PER_SECOND } from "../../core/time.ts";
import { type Field, refuse } from "./field.ts";

/** A civil date and time as whole seconds since 1970-01-01 00:00:00 and nanoseconds. Time zones are not looked at. */
export interface CivilTime {
  readonly seconds: number;
  readonly ns: number;
}

const PATTERN = /^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:)(\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)?$/;
const EXPECTED = "a time like 2023-11-16 18:15:46.6805900";

/** The minute that was read last: a trace mostly has several requests in one. */
let lastMinute = "";
let lastMinuteSeconds = 0;

/** Reads `YYYY-MM-DD hh:mm:ss` with up to nine decimals, in integers, so that no digit is lost. */
export function civilTime(field: Field): CivilTime {
  const match = PATTERN.exec(field.text) ?? refuse(field, EXPECTED);
  const minute = match[1]!;
  if (minute !== lastMinute) {
    lastMinuteSeconds = minuteSeconds(minute) ?? refuse(field, EXPECTED);
    lastMinute = minute;
  }
  const second = Number(match[2]);
  if (second > 59) refuse(field, EXPECTED);
  return { seconds: lastMinuteSeconds + second, ns: Number((match[3] ?? "").padEnd(9, "0")) };
}

/** Seconds from 1970 to a minute written `YYYY-MM-DD hh:mm:`; null if there is none such. */
function minuteSeconds(text: string): number | null {
  const [year, month, day] = [number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)];
  const [hour, minute] = [number(text, 11, 13), number(text, 14, 16)];
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!isDay || hour > 23 || minute > 59) return null;
  return ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60;
}

function number(text: string, from: number, until: number): number {
  return Number(text.slice(from, until));
}

/** Nanoseconds from `start` to `end`, exact up to 104 days. */
export function nanosecondsBetween(start: CivilTime, end: CivilTime): number {
  return (end.seconds - start.seconds) * NANOSECONDS_PER_SECOND + (end.ns - start.ns);
}

function daysInMonth(year: number, month: number): number {
  const next = month === 12 ? daysSince1970(year + 1, 1, 1) : daysSince1970(year, month + 1, 1);
  return next - daysSince1970(year, month, 1);
}

/** Days of the Gregorian calendar, counting years from March so that the leap day comes last (Hinnant, 2013). */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const century = Math.floor(marchYear / 100);
  const leapDays = Math.floor(marchYear / 4) - century + Math.floor(century / 4);
  const daysBeforeMonth = Math.floor((153 * ((month + 9) % 12) + 2) / 5);
  return 365 * marchYear + leapDays + daysBeforeMonth + day - 1 - DAYS_TO_1970;
}

/** Days from 0000-03-01 to 1970-01-01. */
const DAYS_TO_1970 = 719_468;
