// Adding money to the wallet, once, however often the network fails on the way.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { api, dataOf } from '../api/client.ts'
import { mayHeal } from '../api/problem.ts'
import { mine, queries } from '../api/queries.ts'
import { unitsOf } from '../text/format.ts'
import { useFormat, useText } from '../text/preferences.ts'
import { Button } from '../ui/button.tsx'
import { Field, Form } from '../ui/form.tsx'
import { toast } from '../ui/toasts.tsx'
import style from './wallet-page.module.css'

/** Whole units that are offered at a press, and the most that is taken at once. */
const quick = [1000, 5000, 20_000]
const most = 1_000_000

/** `?add=` in the address: minor units to begin with; `?next=`: the page of ours to go on to. */
export const Deposit = ({ currency }: { currency: string }) => {
  const { wallet } = useText()
  const { money } = useFormat()
  const [search] = useSearchParams()
  const units = unitsOf(currency)
  const wanted = Number(search.get('add'))
  const [amount, setAmount] = useState(wanted > 0 ? String(Math.ceil(wanted) / units) : '')
  /** How often something was added: the field begins anew each time, without the complaint that it is empty. */
  const [round, setRound] = useState(0)
  const add = useDeposit(currency, () => {
    setAmount('')
    setRound((present) => present + 1)
  })
  const sum = Math.round(Number(amount) * units) || 0
  return (
    <Form error={add.error} onValues={() => !add.isPending && add.mutate(sum)}>
      <div className={style.quick}>
        {quick.map((value) => (
          <Button key={value} look="quiet" size="small" onClick={() => setAmount(String(value))}>
            {money({ amount: value * units, currency })}
          </Button>
        ))}
      </div>
      <Field
        key={round}
        name="amount"
        label={`${wallet.amount}, ${currency}`}
        type="number"
        inputMode="decimal"
        min={1}
        max={most}
        step={1 / units}
        value={amount}
        onChange={({ target }) => setAmount(target.value)}
        required
      />
      <Button type="submit" busy={add.isPending}>
        {sum > 0 ? wallet.add(money({ amount: sum, currency })) : wallet.deposit}
      </Button>
      <p className={style.hint}>{wallet.demo}</p>
    </Form>
  )
}

const useDeposit = (currency: string, done: () => void) => {
  const { wallet } = useText()
  const { money } = useFormat()
  const cache = useQueryClient()
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const key = useRef(crypto.randomUUID())
  return useMutation({
    mutationFn: (amount: number) =>
      dataOf(
        api.POST('/api/accounts/deposit', {
          params: { header: { 'Idempotency-Key': key.current } },
          body: { amount, currency },
        }),
      ),
    retry: (failures, error) => failures < 3 && mayHeal(error),
    onSuccess: (balance, amount) => {
      cache.setQueryData(queries.balance().queryKey, balance)
      void cache.invalidateQueries({ queryKey: [mine, 'wallet', 'ledger'] })
      toast(wallet.added(money({ amount, currency })))
      done()
      const next = search.get('next')
      if (next === '/checkout') void navigate(next)
    },
    onSettled: () => {
      key.current = crypto.randomUUID()
    },
  })
}
