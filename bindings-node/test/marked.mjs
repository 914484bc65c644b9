// The shared vectors: texts in which the values are marked, as `NPI: [[us_npi:1245319599]]`.
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join, relative } from 'node:path'

const vectors = fileURLToPath(new URL('../../tests/vectors/', import.meta.url))
const mark = /\[\[([^:\]]+):([^]+?)\]\]/g

export function cases() {
  const files = readdirSync(vectors, { recursive: true }).filter((name) => name.endsWith('.json')).sort()
  return files.flatMap((file) => {
    const path = join(vectors, file)
    return JSON.parse(readFileSync(path, 'utf8')).map((row) => ({
      topic: relative(vectors, path),
      name: row.name,
      label: row.label,
      text: row.marked.replace(mark, (_, _name, value) => value),
      marks: [...row.marked.matchAll(mark)].map(([, name, value]) => {
        const [entity, role] = name.split('.')
        return { entity, role, value }
      }),
    }))
  })
}
