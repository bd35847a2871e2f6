/** Move data in, run code over it in three languages, move results out. */
import assert from 'node:assert/strict'
import { SessionsClient } from 'sandbox-sessions-sdk'

await using client = new SessionsClient()
await using session = await client.createSession()

await session.files.upload('data/numbers.csv', 'n\n1\n2\n3\n4\n')

const python = await session.runCode(
  `
import csv, json
rows = [int(row["n"]) for row in csv.DictReader(open("data/numbers.csv"))]
json.dump({"sum": sum(rows)}, open("data/result.json", "w"))
print(len(rows), "rows")
`,
)
assert.equal(python.stdout, '4 rows\n')

const javascript = await session.runCode(
  `
const { sum } = JSON.parse(require('fs').readFileSync('result.json', 'utf8'))
console.log(sum * Number(process.env.FACTOR))
`,
  { language: 'javascript', cwd: 'data', env: { FACTOR: '2' } },
)
assert.equal(javascript.stdout, '20\n')

const bash = await session.runCode('read -r name; echo "$name: $(wc -l < data/numbers.csv) lines"', {
  language: 'bash',
  stdin: 'numbers.csv\n',
})
assert.equal(bash.stdout, 'numbers.csv: 5 lines\n')

const file = await session.files.download('data/result.json')
assert.deepEqual(JSON.parse(await file.text()), { sum: 10 })

for await (const entry of session.files.list('.', { recursive: true })) {
  console.log(`${entry.permissions}  ${String(entry.size).padStart(5)}  ${entry.path}`)
}
await session.files.delete('data', { recursive: true })
assert.equal((await session.files.list()).total, 0)
