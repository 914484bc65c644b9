// Compiled, never run: the declarations say what the module does.
import { Detector, detect, detectAsync, redact, version, type Detection, type DetectorOptions } from 'phisift'

const found: Detection[] = detect('text', { minScore: 0.5, only: ['us_ssn'], label: 'ssn' })
const scores: number[] = found.map((it) => it.score)
const later: Promise<Detection[]> = detectAsync('text', {}, new AbortController().signal)
const options: DetectorOptions = { patterns: { 'mine.toml': '' }, skip: ['url'] }
const hash: string = new Detector(options).rulesetHash
const safe: string = redact('text', 'mask')

// @ts-expect-error detections are frozen
found[0].start = 1
// @ts-expect-error there is no such strategy
redact('text', 'shuffle')

export { hash, later, safe, scores, version }
