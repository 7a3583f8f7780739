// Forms and their fields: labelled, checked by the browser's own constraints, with each error beside its field in the reader's words.
import { Field as BaseField } from '@base-ui/react/field'
import { Form as BaseForm } from '@base-ui/react/form'
import type { ComponentProps, ReactNode } from 'react'
import { ApiProblem } from '../api/problem.ts'
import { useText } from '../text/preferences.ts'
import style from './field.module.css'
import { Problem } from './problem.tsx'

/**
 * Hands the values over, by the names of the fields, once all of them fit. `error`: what the last attempt came to; what the API said of
 * a field is shown at the field.
 */
export const Form = <Values extends Record<string, string>>({
  onValues,
  error,
  children,
}: {
  onValues(values: Values): void
  error?: unknown
  children: ReactNode
}) => (
  <BaseForm
    className={style.form}
    errors={error instanceof ApiProblem ? error.fields : {}}
    // Not the values that Base UI gathers: those lack native fields, such as stars and check boxes.
    onFormSubmit={(_values, { event }) => onValues(valuesOf<Values>(event))}
  >
    {error != null && <Problem error={error} />}
    {children}
  </BaseForm>
)

const valuesOf = <Values,>({ target }: Event): Values =>
  Object.fromEntries(new FormData(target as HTMLFormElement)) as Values

type FieldProps = Omit<ComponentProps<'input'>, 'className' | 'name'> & {
  name: string
  label: string
  hint?: string
  /** How many lines are in sight; true for a few. */
  multiline?: boolean | number
  /** Part of a filter, where nothing needs to be filled in: that need not be said of each field. */
  filter?: boolean
}

export const Field = ({ label, hint, multiline = false, filter = false, ...input }: FieldProps) => {
  const text = useText()
  return (
    <BaseField.Root name={input.name} className={style.field}>
      <BaseField.Label className={style.label}>
        {label}
        {!input.required && !filter && <span className={style.optional}> ({text.optional})</span>}
      </BaseField.Label>
      <BaseField.Control
        {...input}
        className={style.control}
        {...(multiline && { render: <textarea rows={multiline === true ? 4 : multiline} /> })}
      />
      {hint && <BaseField.Description className={style.hint}>{hint}</BaseField.Description>}
      <FieldErrors {...input} />
    </BaseField.Root>
  )
}

/** One line for each way in which a field can fail to fit; what the API said of it comes last. */
const FieldErrors = ({ minLength = 0, maxLength = 0, min = 0, max = 0 }: ComponentProps<'input'>) => {
  const { form } = useText()
  const messages = {
    valueMissing: form.missing,
    typeMismatch: form.badEmail,
    tooShort: form.tooShort(minLength),
    tooLong: form.tooLong(maxLength),
    badInput: form.badNumber,
    rangeUnderflow: form.tooSmall(String(min)),
    rangeOverflow: form.tooLarge(String(max)),
    stepMismatch: form.badNumber,
    patternMismatch: form.badFormat,
  } as const
  return (
    <>
      {Object.entries(messages).map(([match, message]) => (
        <BaseField.Error key={match} match={match as keyof typeof messages} className={style.error}>
          {message}
        </BaseField.Error>
      ))}
      <BaseField.Validity>
        {({ validity: { valid: _, ...broken } }) =>
          // The browser finds nothing wrong with it: then it is the API that does, in whose words the error comes.
          !Object.values(broken).includes(true) && <BaseField.Error className={style.error} />
        }
      </BaseField.Validity>
    </>
  )
}

/** A choice among a few; the browser's own list works best on every device. */
export const Choice = ({
  label,
  options,
  ...select
}: Omit<ComponentProps<'select'>, 'className'> & {
  label: string
  options: readonly (readonly [string, string])[]
}) => (
  <label className={style.field}>
    <span className={style.label}>{label}</span>
    <select {...select} className={style.control}>
      {options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  </label>
)
