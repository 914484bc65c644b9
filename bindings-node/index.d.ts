/** An identifier found in a text. Holds no text: slice the text with `start` and `end`. */
export interface Detection {
  /** First UTF-16 unit. */
  readonly start: number
  /** Behind the last UTF-16 unit. */
  readonly end: number
  /** Stable id of what it is, such as `us_ssn`. */
  readonly entity: string
  /** Safe Harbor letter, A to R. */
  readonly category: string | null
  /** Probability that the value is what it is called. */
  readonly score: number
  readonly band: 'low' | 'medium' | 'high'
  /** What its validator says; null where there is none. */
  readonly validated: boolean | null
  /** What the value is for, where a cue tells: `birth`, `admission`, … */
  readonly role: string | null
  /** Whose it is, where that can be told: `patient`, `relative`, `provider`. */
  readonly subject: string | null
  /** Why it counts: ids of a closed set. */
  readonly evidence: readonly string[]
}

export interface DetectOptions {
  /** Detections below this score are left out. 0.5 by default. */
  minScore?: number
  /** Only these entities. */
  only?: string[]
  /** Not these. */
  skip?: string[]
  /** What field or column the text is the value of. */
  label?: string
}

export interface DetectorOptions {
  minScore?: number
  only?: string[]
  skip?: string[]
  /** Pattern files of your own: name to TOML text. */
  patterns?: Record<string, string>
}

export type Strategy = 'label' | 'mask' | 'drop'

/** Options and patterns, made once and used for many texts. */
export class Detector {
  constructor(options?: DetectorOptions)
  detect(text: string, label?: string): Detection[]
  /** Runs off the event loop. */
  detectAsync(text: string, label?: string, signal?: AbortSignal): Promise<Detection[]>
  redact(text: string, strategy?: Strategy): string
  /** A hash of all patterns: findings made with the same hash are comparable. */
  readonly rulesetHash: string
}

export function detect(text: string, options?: DetectOptions): Detection[]
export function detectAsync(text: string, options?: DetectOptions, signal?: AbortSignal): Promise<Detection[]>
/** The text with every identifier replaced. */
export function redact(text: string, strategy?: Strategy, options?: DetectOptions): string
export const version: string
