// Opens a report in headless Chromium and works with it as a reader would.
//
//   node report.mjs CHROMIUM REPORT.html REPORT.json SCREENSHOTS
//
// Speaks the DevTools protocol over a pipe: no port is opened. Fails on console errors, on any request but for the page
// itself, on figures that differ from the JSON report of the same store, and where sorting or filtering does not work.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [chromium, page, figures, screenshots] = process.argv.slice(2)
const address = pathToFileURL(page).href
const wanted = JSON.parse(await readFile(figures, 'utf8'))
const profile = await mkdtemp(join(tmpdir(), 'phisift-browser-'))

const browser = spawn(
  chromium,
  [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--hide-scrollbars',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
    '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank',
  ],
  { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
)

let last = 0
let session
const waiting = new Map()
const events = []
let rest = ''
browser.stdio[4].on('data', (chunk) => {
  const messages = (rest + chunk).split('\0')
  rest = messages.pop()
  for (const message of messages.map((it) => JSON.parse(it))) {
    if (message.id === undefined) {
      events.push(message)
      continue
    }
    const { resolve, reject } = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error) reject(new Error(message.error.message))
    else resolve(message.result)
  }
})
browser.on('exit', (code) => waiting.forEach(({ reject }) => reject(new Error(`the browser ended with ${code}`))))

const send = (method, params = {}) =>
  new Promise((resolve, reject) => {
    last += 1
    waiting.set(last, { resolve, reject })
    browser.stdio[3].write(`${JSON.stringify({ id: last, method, params, sessionId: session })}\0`)
  })

/** The value of an expression in the page; its own policy does not bind the debugger. */
const inPage = async (expression) => {
  const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true })
  assert.equal(exceptionDetails, undefined, `${expression}: ${JSON.stringify(exceptionDetails)}`)
  return result.value
}
const text = (selector) => inPage(`document.querySelector(${JSON.stringify(selector)})?.textContent`)
const number = async (selector) => Number((await text(selector)).replaceAll(',', ''))
const column = (at) => inPage(`[...document.querySelectorAll('#sources tbody tr')].map((it) => it.children[${at}].textContent)`)
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const screenshot = async (name, scheme) => {
  await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
  await pause(200)
  const height = await inPage('document.documentElement.scrollHeight')
  const clip = { x: 0, y: 0, width: 1280, height: Math.min(height, 8000), scale: 1 }
  const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true, clip })
  await writeFile(join(screenshots, `${name}.png`), Buffer.from(data, 'base64'))
}

const figuresAreTheStores = async () => {
  assert.equal(await number('#figure-ephi'), wanted.verdicts.ephi ?? 0)
  assert.equal(await number('#figure-people'), wanted.individuals.count)
  assert.equal(await number('#figure-findings'), wanted.findings)
  assert.equal(await number('#figure-grave'), wanted.risk.levels.high + wanted.risk.levels.critical)
  for (const [verdict, count] of Object.entries(wanted.verdicts)) {
    assert.equal(await number(`[data-verdict="${verdict}"]`), count, verdict)
  }
  for (const [row, cells] of wanted.risk.matrix.entries()) {
    for (const [at, count] of cells.entries()) {
      assert.equal(await number(`[data-cell="${row + 1}-${at + 1}"]`), count)
    }
  }
  const rows = await inPage("JSON.parse(document.getElementById('data').textContent).tables.sources.rows.length")
  assert.equal(rows, wanted.riskiest.length)
}

const sortingWorks = async () => {
  const findings = 4
  const click = (at) => inPage(`document.querySelectorAll('#sources thead button')[${at}].click()`)
  await click(findings)
  let values = (await column(findings)).map((it) => Number(it.replaceAll(',', '')))
  assert.deepEqual(values, values.toSorted((a, b) => b - a))
  assert.equal(await inPage(`document.querySelectorAll('#sources thead th')[${findings}].getAttribute('aria-sort')`), 'descending')
  await click(findings)
  values = (await column(findings)).map((it) => Number(it.replaceAll(',', '')))
  assert.deepEqual(values, values.toSorted((a, b) => a - b))
  const most = Math.max(...wanted.riskiest.map((it) => it.findings))
  await click(findings)
  assert.equal((await column(findings))[0], most.toLocaleString('en-US'))
}

const filteringWorks = async () => {
  const input = (value) =>
    inPage(`{ const it = document.querySelector('[data-grid=sources] input'); it.value = ${JSON.stringify(value)}; it.dispatchEvent(new Event('input')); }`)
  const choose = (value) =>
    inPage(`{ const it = document.querySelector('[data-grid=sources] select'); it.value = ${JSON.stringify(value)}; it.dispatchEvent(new Event('change')); }`)
  await choose('ephi')
  const ephi = wanted.riskiest.filter((it) => it.verdict === 'ephi')
  assert.match(await text('[data-grid=sources] .said'), new RegExp(`of ${ephi.length.toLocaleString('en-US')}( of|$)`))
  await choose('')
  const name = wanted.riskiest[0].source.split('/').pop().slice(0, 6).toLowerCase()
  await input(name)
  await pause(300)
  const shown = await column(0)
  assert.ok(shown.length > 0)
  await input('no such source anywhere')
  await pause(300)
  assert.deepEqual(await column(0), [])
  assert.match(await text('[data-grid=sources] .said'), /nothing matches/)
  await input('')
  await pause(300)
}

/** Sorting and filtering what is there must not take a reader's breath away. */
const workIsQuick = async () => {
  const spent = await inPage(`(() => {
    const begun = performance.now();
    document.querySelectorAll('#sources thead button')[0].click();
    return performance.now() - begun;
  })()`)
  console.log(`sorting ${wanted.riskiest.length} sources: ${spent.toFixed(0)} ms`)
}

try {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
  const attached = await send('Target.attachToTarget', { targetId, flatten: true })
  session = attached.sessionId
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`)
  await send('Emulation.setDeviceMetricsOverride', { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false })
  await send('Page.navigate', { url: address })
  for (let tries = 0; tries < 600 && (await inPage("document.readyState === 'complete' && location.protocol === 'file:'")) !== true; tries += 1) await pause(100)
  await figuresAreTheStores()
  await sortingWorks()
  await filteringWorks()
  await workIsQuick()
  assert.equal(await inPage("document.querySelectorAll('script').length"), 2)
  assert.equal(await inPage("[...document.querySelectorAll('table')].every((it) => it.caption !== null)"), true)
  assert.equal(await inPage("[...document.querySelectorAll('input, select')].every((it) => it.labels.length === 1)"), true)
  await screenshot('light', 'light')
  await screenshot('dark', 'dark')
  const told = events.filter((it) => it.method === 'Runtime.exceptionThrown' || it.method === 'Runtime.consoleAPICalled' || it.method === 'Log.entryAdded')
  assert.deepEqual(told.map((it) => JSON.stringify(it.params)), [])
  const requests = events.filter((it) => it.method === 'Network.requestWillBeSent').map((it) => it.params.request.url)
  assert.deepEqual(requests.filter((it) => it !== address), [])
  console.log(`${wanted.sources} sources: no console message, no request, figures as in the store`)
} finally {
  browser.kill()
  await rm(profile, { recursive: true, force: true, maxRetries: 5 })
}
