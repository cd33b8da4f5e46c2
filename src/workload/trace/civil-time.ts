import { NANOSECONDS_PER_SECOND } from "../../core/time.ts";
import { type Field, refuse } from "./field.ts";

/** A civil date and time as whole seconds since 1970-01-01 00:00:00 and nanoseconds. Time zones are not looked at. */
export interface CivilTime {
  readonly seconds: number;
  readonly ns: number;
}

const PATTERN = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)?$/;
const EXPECTED = "a time like 2023-11-16 18:15:46.6805900";

/** Reads `YYYY-MM-DD hh:mm:ss` with up to nine decimals, in integers, so that no digit is lost. */
export function civilTime(field: Field): CivilTime {
  const match = PATTERN.exec(field.text) ?? refuse(field, EXPECTED);
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!isDay || hour > 23 || minute > 59 || second > 59) refuse(field, EXPECTED);
  return {
    seconds: ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second,
    ns: Number((match[7] ?? "").padEnd(9, "0")),
  };
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
