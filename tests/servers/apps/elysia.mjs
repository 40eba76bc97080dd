// An Elysia application: three media types for each body, no responses where none is declared, wildcards and text.
import { node } from '@elysiajs/node'
import { openapi } from '@elysiajs/openapi'
import { Elysia, t } from 'elysia'

const notes = new Map()
const Note = t.Object({ id: t.Number(), text: t.String(), stars: t.Nullable(t.Integer()) })

new Elysia({ adapter: node() })
  .use(openapi({ path: '/docs', specPath: '/openapi.json', documentation: { info: { title: 'Notes', version: '1.0' } } }))
  .post('/notes', ({ body, set }) => {
    const made = { id: notes.size + 1, stars: null, ...body }
    notes.set(made.id, made)
    set.status = 201
    return made
  }, { body: t.Object({ text: t.String({ minLength: 1 }), stars: t.Optional(t.Nullable(t.Integer())) }), response: { 201: Note }, detail: { operationId: 'createNote', tags: ['notes'] } })
  .get('/notes', ({ query }) => [...notes.values()].filter((each) => !query.word || each.text.includes(query.word)),
    { query: t.Object({ word: t.Optional(t.String()) }), response: { 200: t.Array(Note) }, detail: { operationId: 'listNotes', tags: ['notes'] } })
  .get('/notes/:id', ({ params, status }) => notes.get(params.id) ?? status(404, { error: `there is no note ${params.id}` }),
    { params: t.Object({ id: t.Numeric() }), response: { 200: Note, 404: t.Object({ error: t.String() }) }, detail: { operationId: 'getNote', tags: ['notes'] } })
  .delete('/notes/:id', ({ params, set }) => {
    notes.delete(params.id)
    set.status = 204
  }, { params: t.Object({ id: t.Numeric() }), detail: { operationId: 'deleteNote', tags: ['notes'] } })
  .get('/count', () => notes.size, { response: { 200: t.Number() }, detail: { operationId: 'countNotes', tags: ['totals'] } })
  .get('/scores', () => ({ a: 1.5, b: 2 }), { response: { 200: t.Record(t.String(), t.Number()) }, detail: { operationId: 'getScores', tags: ['totals'] } })
  .get('/about', () => ({ made: 'with Elysia' }), { detail: { operationId: 'getAbout' } })
  .get('/files/*', ({ params }) => `file ${params['*']}`, { response: { 200: t.String() }, detail: { operationId: 'getFile', tags: ['files'] } })
  .post('/files', async ({ body }) => ({ size: body.file.size, name: body.file.name, note: body.note ?? null }),
    { body: t.Object({ file: t.File(), note: t.Optional(t.String()) }), response: { 200: t.Object({ size: t.Number(), name: t.String(), note: t.Nullable(t.String()) }) }, detail: { operationId: 'uploadFile', tags: ['files'] } })
  .listen({ hostname: '127.0.0.1', port: Number(process.argv[2]) }, () => console.log('ready'))
