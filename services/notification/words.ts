// The words that letters put together themselves, in each language; the compiler sees that none is missing.
import type { CancelReason } from '@deliveryflow/contracts'
import type { ToldStatus } from './domain.ts'

export const locales = ['en', 'ru'] as const
export type Locale = (typeof locales)[number]

type Words = {
  footer: string
  reasons: Record<CancelReason, string>
  news: Record<ToldStatus, string>
}

/** Reasons continue a sentence that begins with "because"; news are sentences. */
export const words: Record<Locale, Words> = {
  en: {
    footer: 'DeliveryFlow wrote this letter by itself; answers to it are not read.',
    reasons: {
      OUT_OF_STOCK: 'something in it is sold out',
      INSUFFICIENT_FUNDS: 'there was not enough money in your wallet',
      NO_ACCOUNT: 'you have no wallet yet',
      CURRENCY_MISMATCH: 'your wallet is kept in another currency',
      TIMED_OUT: 'we could not get it ready in time',
      CUSTOMER: 'you asked us to',
      DELIVERY_FAILED: 'the courier could not deliver it',
    },
    news: {
      IN_TRANSIT: 'Your parcel is on its way',
      OUT_FOR_DELIVERY: 'The courier has your parcel and is coming to you',
      DELIVERED: 'Your parcel was delivered',
    },
  },
  ru: {
    footer: 'Это письмо составлено автоматически; ответы на него никто не читает.',
    reasons: {
      OUT_OF_STOCK: 'один из товаров закончился',
      INSUFFICIENT_FUNDS: 'в кошельке не хватило денег',
      NO_ACCOUNT: 'у вас ещё нет кошелька',
      CURRENCY_MISMATCH: 'ваш кошелёк открыт в другой валюте',
      TIMED_OUT: 'мы не успели собрать его вовремя',
      CUSTOMER: 'вы сами об этом попросили',
      DELIVERY_FAILED: 'курьер не смог его доставить',
    },
    news: {
      IN_TRANSIT: 'Ваша посылка в пути',
      OUT_FOR_DELIVERY: 'Курьер уже везёт вам посылку',
      DELIVERED: 'Ваша посылка доставлена',
    },
  },
}
