// SPDX-License-Identifier: Apache-2.0
// Whether every byte of a struct belongs to a member. What ops leave for a board to read is compared byte by byte, and an
// assigned struct brings along whatever lay in its gaps. std::has_unique_object_representations would say so too, but of no
// float.
#pragma once
#include <cstddef>
#include <type_traits>
#include <utility>

namespace inlay {

#pragma GCC diagnostic push  // Clang would have braces around the members of members
#pragma GCC diagnostic ignored "-Wmissing-braces"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

template <typename T>
constexpr size_t member_bytes();

/// Stands for any member of an aggregate in braces, and adds up the bytes of what it is asked to become.
struct MemberProbe {
  size_t* bytes;
  template <typename T>
  constexpr operator T() const {
    *bytes += member_bytes<T>();
    return T{};
  }
};

template <typename T, size_t... kIndex>
constexpr auto takes_members(std::index_sequence<kIndex...>)
    -> decltype(T{MemberProbe{(static_cast<void>(kIndex), nullptr)}...}, true) {
  return true;
}
template <typename T>
constexpr bool takes_members(...) {
  return false;
}

/// How many members T has, those of arrays one by one: the most initializers that it takes, between `low` and `high` - 1.
template <typename T, size_t low, size_t high>
constexpr size_t member_count() {
  constexpr size_t middle = low + (high - low) / 2;
  if constexpr (middle == low)
    return low;
  else if constexpr (takes_members<T>(std::make_index_sequence<middle>()))
    return member_count<T, middle, high>();
  else
    return member_count<T, low, middle>();
}

template <typename T, size_t... kIndex>
constexpr size_t sum_of_members(std::index_sequence<kIndex...>) {
  size_t bytes = 0;
  static_cast<void>(T{MemberProbe{(static_cast<void>(kIndex), &bytes)}...});
  return bytes;
}

/// Bytes of T without the gaps between its members, and theirs.
template <typename T>
constexpr size_t member_bytes() {
  if constexpr (std::is_class_v<T>) {
    static_assert(std::is_aggregate_v<T>, "only of aggregates can the members be seen");
    return sum_of_members<T>(std::make_index_sequence<member_count<T, 0, sizeof(T) + 1>()>());
  } else {
    return sizeof(T);
  }
}

template <typename T>
constexpr bool has_no_gaps = member_bytes<T>() == sizeof(T);

#pragma GCC diagnostic pop

}  // namespace inlay
