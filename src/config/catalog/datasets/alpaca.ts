import type { Dataset } from "./dataset.ts";

export const alpaca = {
  summary: "Alpaca instructions and answers",
  source:
    "hikariming/alpaca_chinese_dataset @ a32705cdfdde2a111ef08bc5fb47f5efaa874cfa, the English original in 18 files (52,002 requests)",
  licence: "CC-BY-NC-4.0 (of the text; this is a summary of its lengths): non-commercial",
  attribution: 'Taori et al., "Stanford Alpaca", 2023.',
  note: "Tokens are estimated from characters and words by a linear model; instruction and input without the Alpaca template. Empty answers count as one token.",
  lengths: {
    kind: "measured",
    copulaCorrelation: -0.1912,
    prompt: {
      percentiles: [
        8, 10, 11, 11, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 14, 15, 15, 15, 15, 15, 15, 15, 16,
        16, 16, 16, 16, 16, 17, 17, 17, 17, 17, 17, 17, 18, 18, 18, 18, 18, 18, 18, 19, 19, 19, 19,
        19, 19, 19, 20, 20, 20, 20, 20, 21, 21, 21, 21, 21, 21, 22, 22, 22, 22, 23, 23, 23, 23, 24,
        24, 24, 25, 25, 25, 26, 26, 26, 27, 27, 28, 28, 29, 29, 30, 30, 31, 31, 32, 33, 34, 35, 36,
        38, 39, 41, 44, 48, 53, 62, 81, 576,
      ],
      tail: [
        [0.991, 84],
        [0.992, 87],
        [0.993, 91],
        [0.994, 96],
        [0.995, 102],
        [0.996, 107],
        [0.997, 115],
        [0.998, 128],
        [0.999, 149],
        [0.9995, 170],
        [0.9999, 307],
      ],
    },
    output: {
      percentiles: [
        0, 5, 5, 6, 6, 6, 7, 8, 8, 9, 10, 10, 11, 11, 12, 12, 13, 13, 13, 14, 14, 15, 15, 16, 16,
        17, 17, 18, 18, 19, 20, 20, 21, 22, 23, 23, 24, 25, 26, 28, 29, 30, 32, 33, 35, 36, 38, 40,
        42, 44, 46, 48, 51, 53, 55, 57, 59, 62, 64, 66, 68, 70, 73, 75, 77, 79, 81, 83, 85, 87, 89,
        91, 93, 95, 98, 100, 102, 104, 106, 109, 111, 113, 116, 118, 121, 124, 127, 130, 134, 137,
        142, 146, 151, 156, 164, 172, 184, 201, 227, 279, 971,
      ],
      tail: [
        [0.991, 287],
        [0.992, 296],
        [0.993, 306],
        [0.994, 318],
        [0.995, 333],
        [0.996, 347],
        [0.997, 378],
        [0.998, 410],
        [0.999, 470],
        [0.9995, 511],
        [0.9999, 692.8],
      ],
    },
  },
} satisfies Dataset;
