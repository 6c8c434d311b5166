// SPDX-License-Identifier: Apache-2.0
// The clockwork under a schedule, shared by its definition and the search: what is known after some nodes have been issued, and
// what issuing one more does to it. Internal to runtime/plan.
#pragma once
#include "core/bump.h"
#include "plan/place.h"

namespace inlay {

constexpr int32_t kMostPlaces = kMostPlaceDevices + 1;
constexpr int32_t kHostPlace = 0;  // of device d that is not kHost: d + 1

/// Who reads and writes what, found once for a problem that was checked.
struct PlaceTables {
  const PlaceProblem* problem;
  int32_t places;
  int32_t place_of[kMostPlaces];       // by device
  int32_t memory_of[kMostPlaces];      // by place: 0 or itself
  bool exists[kMostPlaces];            // by place: it is the host's, or of a device that is not kHost
  bool copies_take_time[kMostPlaces];  // by place: all from it do, whatever the tensor
  uint64_t limit[kMostPlaces];         // by memory; 0: none
  int32_t limit_device[kMostPlaces];   // by memory: whose limit it is, for sentences
  int32_t* producer;                   // by tensor: a node, or -1
  int32_t* reader_begin;               // by tensor, tensor_count + 1 of them: into readers
  int32_t* readers;                    // nodes, one for each time they read it
  uint8_t* wanted;                     // by tensor: the host wants it at the end
  int32_t* slot;                       // by tensor: where records keep it, or -1: constants of one reader need none
  int32_t* slot_until;                 // by slot: the last node that needs what it holds
  int32_t slots;
  bool any_order;  // else nodes are issued in their own order, and slots are shared by tensors that do not meet

  int32_t reads(int32_t tensor) const { return reader_begin[tensor + 1] - reader_begin[tensor]; }
};

/// True when the counts make sense and no list is NULL: the least that measuring asks.
bool place_counts_make_sense(const PlaceProblem& problem);
/// How many slots a record needs. Time: tensors * nodes, for there is no memory yet.
int32_t place_slots(const PlaceProblem& problem, bool any_order);
/// Takes memory for the tables; with a counting `bump` only counts.
void take_tables(const PlaceProblem& problem, Bump* bump, PlaceTables* tables);
/// Checks everything and fills in the tables.
inlay_status fill_tables(const PlaceProblem& problem, bool any_order, PlaceTables* tables, inlay_error* error);

/// A slot's word in a record: what lies where.
struct PlaceSlot {
  uint16_t present;  // bit: a place, of constants a device
  uint8_t home;      // the place of the producer
  uint8_t used;
  int32_t left;  // readers not yet issued

  static PlaceSlot from(int64_t word) {
    PlaceSlot s;
    __builtin_memcpy(&s, &word, sizeof(s));
    return s;
  }
  int64_t word() const {
    int64_t out;
    __builtin_memcpy(&out, this, sizeof(out));
    return out;
  }
};
static_assert(sizeof(PlaceSlot) == sizeof(int64_t));

/// Where the parts of a record lie, in words of 8 bytes. Everything before `key` only ever makes the end later or larger: a
/// record that is nowhere above another with the same key is at least as good. [key, words) decides what can still happen.
struct PlaceLayout {
  int32_t queue;      // by place: when its queue is free; 0: the host's clock
  int32_t lane;       // by place: when its copy lane is free
  int32_t available;  // by slot: when a tensor made by an asynchronous device is ready
  int32_t busy;       // by place: work of its queue
  int32_t busy_lane;  // by place
  int32_t constants;  // by memory: bytes
  int32_t peak;       // by memory: bytes
  int32_t key;
  int32_t resident;  // by memory: bytes of activations
  int32_t last;      // 1 + the device issued last; 0: none
  int32_t slot;      // PlaceSlot by slot
  int32_t issued;    // a bit per node where any order is allowed
  int32_t words;

  PlaceLayout(const PlaceProblem& problem, int32_t slots, bool any_order);
};

/// Collects events. May be NULL wherever it is taken.
struct PlaceRecorder {
  PlaceEvent* events;
  int32_t count;
  void add(const PlaceEvent& event) {
    if (event.end > event.begin || event.kind == PlaceEvent::kOp) events[count++] = event;
  }
};

/// A record and what may happen to it.
class PlaceState {
 public:
  PlaceState(const PlaceTables& tables, const PlaceLayout& layout, int64_t* words, PlaceRecorder* recorder = nullptr)
      : t_(tables), l_(layout), w_(words), recorder_(recorder) {}

  /// Before a run.
  void begin();
  /// True where any order is allowed, `node` was not issued yet, and what it reads from was.
  bool ready(int32_t node) const;
  /// Issues a node by one of its options.
  void issue(int32_t node, const PlaceOption& option);
  /// Raises clocks as far as that changes nothing that may follow, so that more records compare.
  void settle();
  /// Brings the outputs to the host. Nothing may be issued after it.
  void end();
  PlaceScore score() const;
  /// A memory whose limit is exceeded, or -1.
  int32_t full_memory() const;

 private:
  int64_t& at(int32_t part, int32_t index) const { return w_[part + index]; }
  Nanos copy_time(int32_t tensor, int32_t from, int32_t to) const;
  void add_bytes(int32_t memory, int64_t bytes);
  Nanos bring(int32_t tensor, int32_t to, int32_t node);
  Nanos copy(int32_t tensor, int32_t from, int32_t to, int32_t node);
  void load_constant(int32_t tensor, int32_t device);
  void compute(int32_t node, const PlaceOption& option, Nanos inputs_there);
  void write(int32_t node, int32_t place);
  void forget(int32_t tensor);

  const PlaceTables& t_;
  const PlaceLayout& l_;
  int64_t* w_;
  PlaceRecorder* recorder_;
};

/// The time a transfer takes; via the host where there is no direct path.
Nanos place_copy_time(const PlaceProblem& problem, int32_t from, int32_t to, uint64_t bytes);

}  // namespace inlay
