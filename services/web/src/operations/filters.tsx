// What a list is narrowed by: fields whose values stand in the address, so that a view can be kept and sent.
import { SlidersHorizontal } from 'lucide-react'
import { type ComponentProps, useEffect, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import { Button } from '../ui/button.tsx'
import { Field, Form } from '../ui/form.tsx'
import { isRefusedFilter } from './answer.tsx'
import style from './piece.module.css'
import { useWords } from './words.ts'

export type FilterField = Pick<
  ComponentProps<typeof Field>,
  'name' | 'label' | 'placeholder' | 'type' | 'pattern' | 'maxLength' | 'step'
>

/** Each field by its name in the address; empty ones are left out. `error`: what the API said of the values. */
export const Filters = ({ fields, error }: { fields: readonly FilterField[]; error?: unknown }) => {
  const { common } = useWords()
  const [search, setSearch] = useSearchParams()
  const set = (values: Record<string, string>) =>
    setSearch((present) => {
      for (const { name } of fields) {
        const value = values[name]?.trim() ?? ''
        if (value === '') present.delete(name)
        else present.set(name, value)
      }
      return present
    })
  const filtered = fields.some(({ name }) => search.has(name))
  // Not by a key: who has just searched keeps the focus.
  const place = useRef<HTMLElement>(null)
  useEffect(() => {
    for (const input of place.current?.querySelectorAll('input') ?? []) input.value = search.get(input.name) ?? ''
  }, [search])
  // On a phone many fields would stand before what they narrow.
  const [open, setOpen] = useState(filtered)
  return (
    <search ref={place}>
      <Form error={isRefusedFilter(error) ? error : null} onValues={set}>
        {fields.length > 2 && (
          <div className={style.opener}>
            <Button look="quiet" size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
              <SlidersHorizontal size={16} aria-hidden="true" />
              {common.filters}
            </Button>
          </div>
        )}
        <div className={style.filters} data-open={open || fields.length <= 2}>
          {fields.map((field) => (
            <Field key={field.name} {...field} filter defaultValue={search.get(field.name) ?? ''} />
          ))}
          <div className={style.row}>
            <Button type="submit">{common.search}</Button>
            {filtered && (
              <Button look="plain" onClick={() => set({})}>
                {common.clear}
              </Button>
            )}
          </div>
        </div>
      </Form>
    </search>
  )
}
